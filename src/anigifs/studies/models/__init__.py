"""Models as they are, side by side: how deep does each fall from videos to animated GIFs?

Nothing is trained. Any network that can be tested takes part: an I3D, or a backbone from a folder
(:mod:`anigifs.models.backbones`). :func:`~anigifs.studies.models.running.run_models` is the study.
"""
