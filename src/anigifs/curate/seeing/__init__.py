"""What a file shows: the frames that look different, and their perceptual hashes."""
