"""The source's own test, after each epoch: exact counts, whatever the number of processes."""

from typing import Any

from anigifs.clips.prepared import PreparedClips
from anigifs.evaluation.batches import predict_batches
from anigifs.evaluation.runs import evaluation_record
from anigifs.models import I3D, for_inference, state_sha256
from anigifs.training.config import TrainConfig
from anigifs.training.data import SourceRows, items_of, test_loader
from anigifs.training.devices import Place
from anigifs.training.run_folder import RunFolder
from anigifs.training.selection import RULE, SOURCE_VALIDATION


class Validator:
    """Predicts the source's validation clips and records how many were right."""

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        place: Place,
        rows: SourceRows,
        prepared: PreparedClips,
    ) -> None:
        self.config, self.folder, self.place, self.rows = config, folder, place, rows
        items = items_of(rows.val, rows.classes)
        self.loader = test_loader(prepared, items, config, place)

    def validate(self, model: I3D, step: int) -> dict[str, Any]:
        """Return the record of an evaluation; every process must call it."""
        fast = for_inference(model, self.config.precision)
        predictions = predict_batches(fast, self.loader, self.rows.val, self.rows.classes)
        path = self.folder.predictions / f"validation-{step:06d}.parquet"
        if self.place.rank == 0:
            predictions.write(path)
        return {
            "role": SOURCE_VALIDATION,
            "step": step,
            "selection": RULE,
            "learnt_from": self.rows.account,
            **evaluation_record(
                predictions,
                seed=self.config.seed,
                sampler=self.config.sampler,
                preset=self.config.preset,
                index_hash=self.rows.index_hash,
                weights_hash=state_sha256(model),
            ),
        }
