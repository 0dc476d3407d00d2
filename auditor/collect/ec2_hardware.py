"""What EC2 says of the instance types in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.collect.door import Answer
from auditor.collect.shapes import number_or_none, part, parts
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.compute import Accelerators, Hardware
from auditor.model.fact import Fact, Known

Raw = Mapping[str, Any]

TYPES = 100
"""Instance types that one DescribeInstanceTypes call takes, at most (API reference)."""
NOT_KNOWN = re.compile(r"\[([^\[\]]*)\]")
"""Where the message of InvalidInstanceType names the types: ``… do not exist: [p2.xlarge, g3.4xlarge]``."""


def hardware(visit: Visit, types: Iterable[str]) -> Mapping[str, Fact[Hardware]]:
    """What each of these types is, in as few calls as the API allows.

    One type that EC2 does not know (any more) makes the whole call fail, and the message names it: the call is made again without.
    """
    every = sorted(set(types))
    batches = [(start // TYPES + 1, tuple(every[start : start + TYPES])) for start in range(0, len(every), TYPES)]
    found: dict[str, Fact[Hardware]] = {}
    for answered in visit.each(batches, lambda batch: _batch(visit, *batch)):
        found.update(answered)
    return found


def _batch(visit: Visit, number: int, asked: tuple[str, ...]) -> Mapping[str, Fact[Hardware]]:
    retired: dict[str, Fact[Hardware]] = {}
    left: tuple[str, ...] = asked
    while left:
        without = f" without {', '.join(sorted(retired))}" if retired else ""
        answer = visit.read(calls.DESCRIBE_INSTANCE_TYPES, {"InstanceTypes": list(left)}, of=f"batch {number}{without}")
        gone = not_known(answer, left)
        if not gone:
            return {**retired, **{type: _of(answer, type) for type in left}}
        retired.update({type: Known(Hardware(type=type, offered=False)) for type in gone})
        left = tuple(type for type in left if type not in gone)
    return retired


def not_known(answer: Answer, asked: Iterable[str]) -> frozenset[str]:
    """Those of the types asked for that AWS's refusal says do not exist. Empty when it refused for another reason, or not at all."""
    if not answer.code.startswith("InvalidInstanceType"):
        return frozenset()
    named = {name.strip() for inside in NOT_KNOWN.findall(answer.message) for name in inside.split(",")}
    return frozenset(named.intersection(asked))


def _of(answer: Answer, type: str) -> Fact[Hardware]:
    return answer.take(lambda r: _hardware({str(t["InstanceType"]): t for t in parts(r, "InstanceTypes")}[type]))


def _hardware(raw: Raw) -> Hardware:
    return Hardware(
        type=str(raw["InstanceType"]),
        offered=True,
        current_generation=bool(raw["CurrentGeneration"]),
        vcpus=number_or_none(part(raw, "VCpuInfo"), "DefaultVCpus"),
        memory_mib=number_or_none(part(raw, "MemoryInfo"), "SizeInMiB"),
        accelerators=accelerators(raw),
    )


def accelerators(raw: Raw) -> tuple[Accelerators, ...]:
    """All accelerators of a type. Inferentia chips are told of twice, as Neuron and as inference devices: they count once."""
    places = (
        ("gpu", "GpuInfo", "Gpus"),
        ("neuron", "NeuronInfo", "NeuronDevices"),
        ("inference", "InferenceAcceleratorInfo", "Accelerators"),
        ("fpga", "FpgaInfo", "Fpgas"),
        ("media", "MediaAcceleratorInfo", "Accelerators"),
    )
    found = [
        Accelerators(
            kind=kind,
            # Neuron devices are AWS's own, and the API does not say so.
            manufacturer=str(device.get("Manufacturer", "AWS" if kind == "neuron" else "")),
            name=str(device.get("Name", "")),
            count=int(device["Count"]),
            memory_mib=number_or_none(part(device, "MemoryInfo"), "SizeInMiB"),
        )
        for kind, info, devices in places
        for device in parts(part(raw, info), devices)
    ]
    neuron = {one.name for one in found if one.kind == "neuron"}
    return tuple(one for one in found if one.kind != "inference" or one.name not in neuron)
