"""The door between microphone and encoder: stages that see what is heard and what is played."""
# MIT License; see LICENSE


class Chain:
    """Several stages as one. A stage has one or both of these, and is of the 20 ms frames' rate:

    `process(pcm)`: a captured frame, array('h'), to change in place.
    `played(pcm, delay_ms)`: a frame on its way to the speaker, heard delay_ms later; a stage may
    change it too. An echo canceller would keep it as its reference.
    """

    def __init__(self, *stages):
        self._stages = stages
        self._listeners = tuple([stage for stage in stages if hasattr(stage, "played")])

    def process(self, pcm):
        """Pass a captured frame through all stages, in their order."""
        for stage in self._stages:
            stage.process(pcm)

    def played(self, pcm, delay_ms):
        """Show a frame on its way to the speaker to the stages that want to see it."""
        for stage in self._listeners:
            stage.played(pcm, delay_ms)
