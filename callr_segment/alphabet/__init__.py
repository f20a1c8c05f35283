"""The alphabets of 3GPP TS 23.038, as one can read them against the standard, and the sizes of a part."""
