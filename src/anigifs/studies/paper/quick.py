"""Both studies in some minutes: a demonstration on rendered clips, of which no ranking can come.

All is of the twelve classes of Study 2, so that both studies continue one model of the film. The
target is the cartoons that may be looked at, so that a demonstration does not use up the others.
"""

from dataclasses import replace

from anigifs.studies.paper.roles import PUPPETS_DEV
from anigifs.studies.paper.running import StudyConfig
from anigifs.studies.paper.scales import QUICK, SMOKE

QUICK_STUDY = StudyConfig(
    scale=QUICK,
    roles=PUPPETS_DEV,
    controls=False,
    classes="puppets-12",
    domains=("film", "film-gif", "cartoon-dev"),
)
SMOKE_STUDY = replace(QUICK_STUDY, scale=SMOKE)
