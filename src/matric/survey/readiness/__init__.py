"""Whether a joining school fits its trust's standard: what does not, what closing it costs, in what order.

``judge`` is pure: survey, standard and what the trust already holds in, one report out. What was not seen is a line of
the report of its own, never taken for a fit.
"""

from matric.survey.readiness.model import Gap, KitLine, Move, Readiness, Stage
from matric.survey.readiness.verdict import Known, judge

__all__ = ("Gap", "KitLine", "Known", "Move", "Readiness", "Stage", "judge")
