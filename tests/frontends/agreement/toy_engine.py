"""A toy engine: it decides what to call as Pulumi's engine does, and keeps a state between runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import provider_pb2, status_pb2

from tests.frontends.agreement.engine_clients import Frontend, Stub, struct
from tests.frontends.agreement.wire import annotated, revealed
from tests.support.marks import UNKNOWN

__all__ = ["Held", "Program", "Run", "ToyEngine"]

Program = Mapping[str, Callable[["Outputs"], Mapping[str, Any]]]
"""Kind → its inputs, from the outputs of the kinds before it."""


class Outputs:
    """Outputs of the resources that a program has declared so far; what is missing is not known."""

    def __init__(self) -> None:
        self.of: dict[str, Mapping[str, Any]] = {}

    def __call__(self, kind: str, *path: str) -> Any:
        value: Any = self.of[kind]
        for step in path:
            value = value.get(step, UNKNOWN) if isinstance(value, Mapping) else UNKNOWN
        return value


@dataclass
class Held:
    """A resource in the state."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    init_errors: list[str] = field(default_factory=list)


@dataclass
class Run:
    """What a run did: kind → step, the errors in words, and in a preview kind → outputs as far as known."""

    steps: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)


class _Stop(Exception):  # noqa: N818 - it ends a run
    """A resource has failed; what depends on it is not looked at."""


class ToyEngine:
    """One stack. `limit` is the resource option `customTimeouts`, in seconds."""

    def __init__(self, frontend: Frontend, config: Mapping[str, object], name: str = "greeter") -> None:
        self.frontend = frontend
        self.config = config
        self.name = name
        self.limit = 0.0
        self.state: dict[str, Held] = {}
        self._left_over: list[tuple[str, Held]] = []

    def up(self, program: Program, *, preview: bool = False) -> Run:
        """Bring everything in line, or tell what that would do; end at the first failure."""
        run, outputs = Run(), Outputs()
        with self.frontend.run(self.config) as stub:
            try:
                for kind, inputs_of in program.items():
                    inputs = self.frontend.dressed(kind, self.name, inputs_of(outputs))
                    outputs.of[kind] = self._resource(stub, run, kind, inputs, preview=preview)
                    run.known[kind] = dict(outputs.of[kind])
                while self._left_over:
                    kind, held = self._left_over.pop()
                    self._call(run, kind, lambda: stub.Delete(self._deletion(kind, held)))  # noqa: B023 - called at once
            except _Stop:
                pass
        return run

    def preview(self, program: Program) -> Run:
        return self.up(program, preview=True)

    def refresh(self) -> Run:
        """Ask for everything in the state."""
        run = Run()
        with self.frontend.run(self.config) as stub:
            for kind, held in list(self.state.items()):
                request = provider_pb2.ReadRequest(id=held.id, **self._about(kind), **self._held(held))
                try:
                    answer = stub.Read(request)
                except grpc.RpcError as error:
                    run.steps[kind] = self._failed(run, kind, error, held)
                    continue
                if answer.id:
                    self._keep(kind, answer.id, answer.properties, answer.inputs or request.inputs, held.inputs)
                    run.steps[kind] = "read"
                else:
                    del self.state[kind]
                    run.steps[kind] = "gone"
        return run

    def destroy(self) -> Run:
        """Delete everything, the newest first."""
        run = Run()
        with self.frontend.run(self.config) as stub:
            try:
                for kind in reversed([*self.state]):
                    self._delete(stub, run, kind, self.state[kind])
                    run.steps[kind] = "delete"
            except _Stop:
                pass
        return run

    def _resource(
        self, stub: Stub, run: Run, kind: str, news: Mapping[str, Any], *, preview: bool
    ) -> Mapping[str, Any]:
        held = self.state.get(kind)
        inputs = self._check(stub, run, kind, held.inputs if held else {}, news)
        step = self._step(stub, run, kind, held, inputs)
        run.steps[kind] = step
        if held is not None and step == "same":
            return self._visible(held)
        if step.startswith("replace"):
            inputs = self._check(stub, run, kind, {}, news)
        if preview:
            return self._previewed(stub, run, kind, held if step == "update" else None, inputs)
        if held is not None and step == "replace":
            self._delete(stub, run, kind, held)
        if held is not None and step == "update":
            self._update(stub, run, kind, held, inputs)
        else:
            self._create(stub, run, kind, inputs)
        if held is not None and step == "replace, then delete":
            self._left_over.append((kind, held))
        return self._visible(self.state[kind])

    def _step(self, stub: Stub, run: Run, kind: str, held: Held | None, inputs: Mapping[str, Any]) -> str:
        if held is None:
            return "create"
        request = provider_pb2.DiffRequest(
            id=held.id,
            **self._about(kind),
            olds=self._sent(held.outputs),
            old_inputs=self._sent(held.inputs),
            news=self._sent(inputs),
        )
        found = self._call(run, kind, lambda: stub.Diff(request))
        if found.replaces:
            return "replace" if found.deleteBeforeReplace else "replace, then delete"
        changed = found.changes == provider_pb2.DiffResponse.DIFF_SOME
        return "update" if changed or held.init_errors else "same"

    def _check(
        self, stub: Stub, run: Run, kind: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        request = provider_pb2.CheckRequest(**self._about(kind), olds=self._sent(olds), news=self._sent(news))
        answer = self._call(run, kind, lambda: stub.Check(request))
        if answer.failures:
            run.errors += [f"{each.property}{each.reason}" for each in answer.failures]
            run.steps[kind] = "failed"
            raise _Stop
        return self._marked(MessageToDict(answer.inputs), news)

    def _previewed(
        self, stub: Stub, run: Run, kind: str, held: Held | None, inputs: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return what a preview knows; where a provider previews nothing, that is the inputs."""
        if not self.frontend.previews:
            return {**inputs, **({"id": held.id} if held else {})}
        news = self._sent(inputs)
        if held is None:
            create = provider_pb2.CreateRequest(**self._about(kind), properties=news, preview=True)
            return MessageToDict(self._call(run, kind, lambda: stub.Create(create)).properties)
        update = provider_pb2.UpdateRequest(
            id=held.id,
            **self._about(kind),
            olds=self._sent(held.outputs),
            old_inputs=self._sent(held.inputs),
            news=news,
            preview=True,
        )
        answer = self._call(run, kind, lambda: stub.Update(update))
        return {"id": held.id, **MessageToDict(answer.properties)}

    def _create(self, stub: Stub, run: Run, kind: str, inputs: Mapping[str, Any]) -> None:
        request = provider_pb2.CreateRequest(
            **self._about(kind), properties=self._sent(inputs), timeout=self.limit
        )
        answer = self._call(run, kind, lambda: stub.Create(request), Held("", dict(inputs), {}))
        self._keep(kind, answer.id, answer.properties, None, inputs)

    def _update(self, stub: Stub, run: Run, kind: str, held: Held, inputs: Mapping[str, Any]) -> None:
        request = provider_pb2.UpdateRequest(
            id=held.id,
            **self._about(kind),
            olds=self._sent(held.outputs),
            old_inputs=self._sent(held.inputs),
            news=self._sent(inputs),
            timeout=self.limit,
        )
        answer = self._call(run, kind, lambda: stub.Update(request), held)
        self._keep(kind, held.id, answer.properties, None, inputs)

    def _delete(self, stub: Stub, run: Run, kind: str, held: Held) -> None:
        self._call(run, kind, lambda: stub.Delete(self._deletion(kind, held)))
        del self.state[kind]

    def _deletion(self, kind: str, held: Held) -> Any:
        return provider_pb2.DeleteRequest(
            id=held.id,
            **self._about(kind),
            properties=self._sent(held.outputs),
            old_inputs=self._sent(held.inputs),
            timeout=self.limit,
        )

    def _call(self, run: Run, kind: str, call: Callable[[], Any], held: Held | None = None) -> Any:
        try:
            return call()
        except grpc.RpcError as error:
            run.steps[kind] = self._failed(run, kind, error, held)
            raise _Stop from None

    def _failed(self, run: Run, kind: str, error: grpc.RpcError, held: Held | None) -> str:
        """Keep what is reported to exist. The message is the status's, where there is one, as engines read it."""
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        status = status_pb2.Status.FromString(details) if details else None
        run.errors.append(status.message if status else error.details())
        found = provider_pb2.ErrorResourceInitFailed()
        if status and status.details and status.details[0].Unpack(found):
            assert held is not None
            inputs = found.inputs if found.inputs.fields else None
            self._keep(kind, found.id, found.properties, inputs, held.inputs)
            self.state[kind].init_errors = list(found.reasons)
            return "partial"
        return "failed"

    def _keep(self, kind: str, id_: str, outputs: Any, inputs: Any, marks: Mapping[str, Any]) -> None:
        kept = self._marked(MessageToDict(inputs), marks) if inputs is not None else dict(marks)
        self.state[kind] = Held(id_, kept, self._marked(MessageToDict(outputs), marks))

    def _marked(self, properties: dict[str, Any], marks: Mapping[str, Any]) -> dict[str, Any]:
        return dict(annotated(properties, marks, deep=not self.frontend.accepts_secrets))

    def _sent(self, properties: Mapping[str, Any]) -> Any:
        return struct(properties if self.frontend.accepts_secrets else revealed(properties))

    def _about(self, kind: str) -> dict[str, Any]:
        return {"urn": self.frontend.urn(kind, self.name)}

    def _held(self, held: Held) -> dict[str, Any]:
        return {"properties": self._sent(held.outputs), "inputs": self._sent(held.inputs)}

    @staticmethod
    def _visible(held: Held) -> Mapping[str, Any]:
        return {"id": held.id, **held.outputs}
