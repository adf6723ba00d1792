"""A lake's answers over HTTP: lists, reasons, profiles, likenesses and requests, from an online store."""
