"""What machines are made of: asked for once for each type, whatever AWS says of types that it retired."""

from __future__ import annotations

import pytest

from auditor.collect.door import Answer
from auditor.collect.ec2_hardware import accelerators, not_known
from auditor.model import calls
from auditor.model.compute import Accelerators, Hardware, Instance
from auditor.model.fact import Reason, Unknown, need
from auditor.model.resource import unread
from tests.collect.ec2_seed import REGION, asked, launch, the_instance, wants
from tests.collect.ec2_stubs import answer, refuse
from tests.collect.helpers import scan
from tests.emulator import Emulator


def test_hardware_is_asked_once_for_the_types_in_use(emulator: Emulator) -> None:
    for type in ("g4dn.xlarge", "t3.micro", "t3.micro"):
        launch(emulator, type)
    gone = launch(emulator, "m5.large")
    emulator.client("ec2").terminate_instances(InstanceIds=[gone])
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    found = {need(i.type): need(i.hardware) for i in snapshot.section(Instance, REGION).items}
    t4 = Accelerators("gpu", "NVIDIA", "T4", 1, 16384)
    assert found["g4dn.xlarge"] == Hardware(
        type="g4dn.xlarge", offered=True, current_generation=True, vcpus=4, memory_mib=16384, accelerators=(t4,)
    )
    assert found["g4dn.xlarge"].nvidia_gpus == 1
    assert found["t3.micro"].accelerators == ()
    assert set(found) == {"g4dn.xlarge", "t3.micro"}
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1


def test_hardware_is_not_asked_when_no_rule_reads_it(emulator: Emulator) -> None:
    launch(emulator)
    instance = the_instance(scan(emulator, wanted=wants(Instance.state)))
    assert instance.hardware == unread(calls.DESCRIBE_INSTANCE_TYPES)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 0


@pytest.mark.parametrize("retired", [("p2.xlarge",), ("p2.xlarge", "g3.4xlarge")])
def test_a_retired_type_does_not_hide_the_others(emulator: Emulator, retired: tuple[str, ...]) -> None:
    for type in ("t3.micro", *retired):
        launch(emulator, type)
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    found = {need(i.type): need(i.hardware) for i in snapshot.section(Instance, REGION).items}
    assert found["t3.micro"].offered
    for type in retired:
        assert found[type] == Hardware(type=type, offered=False)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 2
    assert max(asked(snapshot).values()) == 1, "the second call asks something else"


def test_when_all_types_are_retired_nothing_is_asked_again(emulator: Emulator) -> None:
    launch(emulator, "p2.xlarge")
    instance = the_instance(scan(emulator, wanted=wants(Instance.hardware)))
    assert need(instance.hardware).offered is False
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidInstanceType", "nothing that we understand"),
        ("InvalidInstanceType", "The following supplied instance types do not exist: [x1.none]"),
        ("InvalidInstanceType.NotFound", "no such type"),
        ("InvalidParameterValue", "The following supplied instance types do not exist: [t3.micro]"),
    ],
)
def test_a_refusal_that_names_no_type_of_ours_is_unknown(emulator: Emulator, code: str, message: str) -> None:
    launch(emulator)
    refuse(emulator, "DescribeInstanceTypes", code, message)
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    assert the_instance(snapshot).hardware == Unknown(Reason.ERROR, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1
    assert snapshot.gaps == (), "the type may be gone, the instance is not"


def test_denied_hardware_is_unknown(emulator: Emulator) -> None:
    launch(emulator)
    emulator.doorman.deny.add("ec2.DescribeInstanceTypes")
    instance = the_instance(scan(emulator, Instance))
    assert instance.hardware == Unknown(Reason.DENIED, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")


def test_a_type_that_the_answer_leaves_out_is_no_data(emulator: Emulator) -> None:
    launch(emulator)
    answer(emulator, "DescribeInstanceTypes", {"InstanceTypes": []})
    instance = the_instance(scan(emulator, wanted=wants(Instance.hardware)))
    assert instance.hardware == Unknown(Reason.NO_DATA, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")


def test_types_are_asked_for_a_hundred_at_a_time(emulator: Emulator) -> None:
    types = [f"m9.size{number:03}" for number in range(201)]
    instances = [{"InstanceId": f"i-{type}", "InstanceType": type, "State": {"Name": "running"}} for type in types]
    answer(emulator, "DescribeInstances", {"Reservations": [{"Instances": instances}]})
    answer(emulator, "DescribeInstanceTypes", {"InstanceTypes": [{"InstanceType": t, "CurrentGeneration": True} for t in types]})
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    assert [need(i.hardware).type for i in snapshot.section(Instance, REGION).items] == types
    assert [c.of for c in snapshot.calls if c.operation == "DescribeInstanceTypes"] == ["batch 1", "batch 2", "batch 3"]


def test_only_types_that_were_asked_for_are_taken_from_a_message() -> None:
    refused = Answer(
        calls.DESCRIBE_INSTANCE_TYPES,
        unread(calls.DESCRIBE_INSTANCE_TYPES),
        "InvalidInstanceType",
        "The following supplied instance types do not exist: [g3.4xlarge, p2.xlarge] [][a,b",
    )
    assert not_known(refused, ("p2.xlarge", "t3.micro")) == {"p2.xlarge"}


def test_every_kind_of_accelerator_is_seen_and_inferentia_once() -> None:
    raw = {
        "GpuInfo": {"Gpus": [{"Name": "A10G", "Manufacturer": "NVIDIA", "Count": 4, "MemoryInfo": {"SizeInMiB": 22888}}]},
        "NeuronInfo": {"NeuronDevices": [{"Name": "Inferentia2", "Count": 1, "MemoryInfo": {"SizeInMiB": 32768}}]},
        "InferenceAcceleratorInfo": {
            "Accelerators": [
                {"Name": "Inferentia2", "Manufacturer": "AWS", "Count": 1},
                {"Name": "other", "Manufacturer": "X", "Count": 2},
            ]
        },
        "FpgaInfo": {"Fpgas": [{"Name": "VU9P", "Manufacturer": "Xilinx", "Count": 1, "MemoryInfo": {"SizeInMiB": 65536}}]},
        "MediaAcceleratorInfo": {
            "Accelerators": [{"Name": "U30", "Manufacturer": "Xilinx", "Count": 2, "MemoryInfo": {"SizeInMiB": 24}}]
        },
    }
    assert accelerators(raw) == (
        Accelerators("gpu", "NVIDIA", "A10G", 4, 22888),
        Accelerators("neuron", "AWS", "Inferentia2", 1, 32768),
        Accelerators("inference", "X", "other", 2),
        Accelerators("fpga", "Xilinx", "VU9P", 1, 65536),
        Accelerators("media", "Xilinx", "U30", 2, 24),
    )
    assert accelerators({}) == ()
