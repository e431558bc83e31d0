# SPDX-License-Identifier: Apache-2.0
"""A protoc plugin that makes the Python stubs: messages, services, and the types of both.

buf has no built-in plugin for gRPC's Python code, and what protoc writes imports `inet256.v1`,
which would make the stubs public. So this runs the protoc of grpcio-tools on what it is given and
moves every import to the private sub-package `inet256._gen.inet256.v1`. The folders it fills
become packages.
"""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

PRIVATE = "inet256._gen.inet256.v1"
# "from inet256.v1 import node_pb2", "import inet256.v1.node_pb2" and uses of the latter; never
# "inet256.v1.NodeService", which is a name on the wire.
IMPORTS = re.compile(r"(?<![\w.])inet256\.v1(?=(?: import \w+_pb2|\.\w+_pb2)\b)")


def run_protoc(request: CodeGeneratorRequest, work: Path) -> Path:
    """Generates into a folder below `work` and returns it."""
    descriptors = work / "descriptors.binpb"
    descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
    out = work / "out"
    out.mkdir()
    types_of_services = shutil.which("protoc-gen-mypy_grpc", path=sysconfig.get_path("scripts"))
    arguments = [
        "protoc",
        f"--descriptor_set_in={descriptors}",
        f"--plugin=protoc-gen-mypy_grpc={types_of_services}",
        *(f"--{kind}_out={out}" for kind in ("python", "pyi", "grpc_python", "mypy_grpc")),
        *request.file_to_generate,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed")
    return out


def collect(out: Path) -> CodeGeneratorResponse:
    """Answers everything in the folder, its imports moved, its folders made packages."""
    response = CodeGeneratorResponse(
        supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    packages: set[PurePosixPath] = set()
    for path in sorted(file for file in out.rglob("*") if file.is_file()):
        name = PurePosixPath(path.relative_to(out).as_posix())
        content = IMPORTS.sub(PRIVATE, path.read_text(encoding="utf-8"))
        response.file.add(name=str(name), content=content)
        packages.update(name.parents)
    for package in sorted(packages):
        response.file.add(name=str(package / "__init__.py"))
    return response


def main() -> None:
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    with TemporaryDirectory() as work:
        response = collect(run_protoc(request, Path(work)))
    sys.stdout.buffer.write(response.SerializeToString())


if __name__ == "__main__":
    main()
