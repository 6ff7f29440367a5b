"""The cut-over: the protocol as a generator of effects, and the loop that journals and performs them.

effects     what is asked and answered      protocol    S6 to S10       drive       the loop
course      what a run knows                keep, save  S11 to S13      recover     after a crash
outcome     how it can end                  unwind      R               rehearsal   a world of values
"""

from matric.cutover.drive import Host, Performer, drive
from matric.cutover.outcome import End, Outcome, Word
from matric.cutover.protocol import cut_over
from matric.cutover.recover import Facts, facts, recover

__all__ = ("End", "Facts", "Host", "Outcome", "Performer", "Word", "cut_over", "drive", "facts", "recover")
