"""The one measuring loop: cases in turn, CPU and wall time, medians, a ratio per round."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

Case = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Milliseconds a call: CPU median, wall median; ratios to the yardstick by round."""

    cpu: float
    wall: float
    ratios: list[float]

    @property
    def ratio(self) -> float:
        return median(self.ratios)


def measure(
    cases: dict[str, Case], yardstick: str, *, rounds: int, calls: int
) -> dict[str, Timing]:
    """Run every case `calls` times a round, in turn, so that noise hits all alike."""
    cpu: dict[str, list[float]] = {name: [] for name in cases}
    wall: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case()
    for _ in range(rounds):
        for name, case in cases.items():
            began_cpu, began_wall = process_time(), perf_counter()
            for _ in range(calls):
                case()
            cpu[name].append((process_time() - began_cpu) / calls * 1000)
            wall[name].append((perf_counter() - began_wall) / calls * 1000)
    base = cpu[yardstick]
    return {
        name: Timing(
            median(cpu[name]),
            median(wall[name]),
            [one / other for one, other in zip(cpu[name], base, strict=True)],
        )
        for name in cases
    }
