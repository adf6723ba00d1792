"""A support desk: who should answer a new ticket, and with what, from past tickets and a knowledge base."""
