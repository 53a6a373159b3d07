"""The plan of the bench: clonazepam 2 mg to nothing, 10 % every 14 days, two times of day."""

from decimal import Decimal

from schedules.domain.builder import Request
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.medicine import Liquid, Product
from schedules.domain.strategies.registry import Proportional

CLONAZEPAM = medicine("clonazepam")
TABLETS = tuple(
    p for p in CLONAZEPAM.products if p.key in ("klonopin-0.5", "klonopin-1", "klonopin-2")
)
LIQUID = tuple(item for item in CLONAZEPAM.liquids if item.key == "compounded-0.1")


def clonazepam_request(
    liquids: tuple[Liquid, ...] = (), products: tuple[Product, ...] = TABLETS
) -> Request:
    return Request(
        medicine=CLONAZEPAM,
        start=(("morning", Dose.mg(1)), ("bedtime", Dose.mg(1))),
        strategy=Proportional(Decimal(10)),
        every_days=14,
        products=products,
        liquids=liquids,
        stop_below=Dose.mg("0.05"),
    )
