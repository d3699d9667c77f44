"""Several machines as one installation: which there are, and the files that each of them needs."""
