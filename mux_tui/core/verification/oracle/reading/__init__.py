"""Reading what runners write: text in, cases out, and nothing else touched."""
