"""Pictures and sounds of items: decoded, turned into vectors by classical features or an encoder, embedded once."""
