"""The figures of the paper, and those that its tables ask for: what `anigifs figure` draws.

Each file holds one figure: what is shown of the data, as a frozen value, and a function from that
to a picture. ``page`` says how they all look and are written, and ``plate`` lays out frames of
clips; ``acts`` and ``answers`` read what runs and studies left.
"""
