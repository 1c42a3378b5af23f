# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The override chain: what a policy's overrides make of an object, of a chart's values and of the chart itself.

Reference, section "Overrides". Values are parsed once for a policy (`compile_overrides`) and applied to many documents.
Nothing is changed in place: results share everything that no override touched with what was given, and what an override
brought with the override; so results are never to be changed in place either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.fieldpath import (
    TextCodec,
    change_field,
    merged_text,
    patched_text,
    read_field,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.merge import (
    compile_merge_patch,
    compile_values,
    describe,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.patch import (
    Missed,
    Operation,
    apply_patch,
    compile_patch,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import (
    FieldFormat,
    OverrideConfig,
    OverrideType,
)

Warn = Callable[[str], None]
Change = Callable[[Any, Warn], Any]
ChangeText = Callable[[str, FieldFormat, Callable[[Any], Any], TextCodec], str]

# What belongs to the object on the hub and not to the one that is delivered.
_DROPPED_FROM_METADATA: Final = ("managedFields", "uid")
# What a chart is and where it goes is the HelmChart's own business.
_FIXED_IN_CHART: Final = ("chart", "targetNamespace")


class _Blank:
    """A document that is not there yet; JSON's null is a document."""


_BLANK: Final = _Blank()


@dataclass(frozen=True, slots=True)
class Overridden:
    """What a chain of overrides made.

    :ivar generic: the object or the chart's values; None where there was nothing and nothing was added.
    :ivar chart: the HelmChart, or what the overrides would merge into one.
    :ivar warnings: one sentence for each patch that missed its target.
    """

    generic: Any
    chart: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """One override with its value parsed."""

    config: OverrideConfig
    value: Any
    codec: TextCodec


Maker = Callable[[_Draft], Change]


@dataclass(frozen=True, slots=True)
class _Step:
    """One override, ready to be applied.

    :ivar label: names it in messages.
    :ivar value: what a blank document becomes.
    :ivar on_object: what it does to an object.
    :ivar on_values: what it does to a chart's values; only `Helm` tells the two apart.
    :ivar on_chart: what it does to the HelmChart when it is meant for that.
    """

    label: str
    for_chart: bool
    ignores_blank: bool
    value: Any
    on_object: Change
    on_values: Change
    on_chart: Change

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with it whatever the document."""
        change = self.on_chart if self.for_chart else self.on_object
        if isinstance(change, _Refusal):
            return (change.problem,)
        return change.problems if isinstance(change, _Patch) else ()


class CompiledOverrides:
    """Overrides with their values parsed. Immutable; chains are joined with `+`."""

    __slots__ = ("_steps",)

    def __init__(self, steps: Iterable[_Step] = ()) -> None:
        self._steps = tuple(steps)

    def __add__(self, other: CompiledOverrides) -> CompiledOverrides:
        """First these, then those of `other`."""
        return CompiledOverrides(self._steps + other._steps)

    def __bool__(self) -> bool:
        return bool(self._steps)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with overrides whatever the document, a sentence each: for whoever stores them."""
        return tuple(f"{step.label}: {problem}" for step in self._steps for problem in step.problems)

    def apply(self, generic: Any, chart: Any = None, *, values: bool = False, strict: bool = False) -> Overridden:
        """Apply the overrides to an object or to a chart's values, and to what is merged into a HelmChart.

        A blank document (None) becomes what the first override says, as it is; a JSON patch leaves it blank.

        :param values: `generic` holds Helm values. Nulls stay in them, and the clean-up that objects get is not for
            them.
        :param strict: a patch that misses its target is an error, not a warning.
        :raises InvalidInput: naming the override and what is wrong.
        """
        warnings: list[str] = []
        documents = {False: _BLANK if generic is None else generic, True: _BLANK if chart is None else chart}
        for step in self._steps:
            documents[step.for_chart] = _applied(step, documents[step.for_chart], values, warnings.append)
        if strict and warnings:
            raise InvalidInput(warnings)
        result, result_chart = documents[False], documents[True]
        cleaned = _checked_values(result) if values else _cleaned(result)
        return Overridden(cleaned, None if result_chart is _BLANK else result_chart, tuple(warnings))

    def apply_to_chart(self, chart: dict[str, Any], *, strict: bool = False) -> Overridden:
        """Apply the overrides of a HelmChart feed: its values from nothing, and what changes the HelmChart itself.

        `spec.chart` and `spec.targetNamespace` stay as they are.

        :param chart: the HelmChart, whole.
        :raises InvalidInput: naming the override and what is wrong.
        """
        result = self.apply(None, None, values=True, strict=strict)
        if not any(step.for_chart for step in self._steps):
            return Overridden(result.generic, _cleaned(chart), result.warnings)
        # The overrides for the chart are first merged with each other and then into the chart, as in Clusternet.
        try:
            merged = compile_merge_patch(result.chart)(chart)
        except ValueError as error:
            raise InvalidInput(f"the overrides of the HelmChart: {error}") from error
        return Overridden(result.generic, _cleaned(_with_fixed_fields(merged, chart)), result.warnings)


def compile_overrides(overrides: Sequence[OverrideConfig], codec: TextCodec, *, origin: str = "") -> CompiledOverrides:
    """Parse the values of a policy's overrides, once for all documents; blank values are skipped.

    :param origin: names the policy in messages, such as `Localization shanghai/web`.
    :raises InvalidInput: for a value that is neither YAML nor JSON. Everything else that is wrong with an override is
        raised when it is applied: on a blank document much of it does not matter.
    """
    steps = []
    for number, config in enumerate(overrides):
        if config.value.strip():
            label = _label(config, number, origin)
            steps.append(_step(_Draft(config, _parsed(config, codec, label), codec), label))
    return CompiledOverrides(steps)


def _label(config: OverrideConfig, number: int, origin: str) -> str:
    name = f"override {config.name!r}" if config.name else f"overrides[{number}]"
    return f"{origin}, {name} ({config.type})" if origin else f"{name} ({config.type})"


def _parsed(config: OverrideConfig, codec: TextCodec, label: str) -> Any:
    try:
        return codec.parse(config.value)
    except InvalidInput as error:
        raise InvalidInput(f"{label}: value: {problem}" for problem in error.problems) from error


def _step(draft: _Draft, label: str) -> _Step:
    config, value = draft.config, draft.value
    change = _compiled(_MAKERS.get(config.type, _unknown), draft)
    return _Step(
        label=label,
        for_chart=config.override_chart,
        ignores_blank=config.type == OverrideType.JSON_PATCH and not config.override_chart,
        value=value,
        on_object=change,
        on_values=_compiled(_helm_on_values, draft) if config.type == OverrideType.HELM else change,
        on_chart=_compiled(_on_chart, draft),
    )


def _applied(step: _Step, document: Any, values: bool, warn: Warn) -> Any:
    if document is _BLANK:
        return _BLANK if step.ignores_blank else step.value
    on_generic = step.on_values if values else step.on_object
    change = step.on_chart if step.for_chart else on_generic
    try:
        return change(document, lambda message: warn(f"{step.label}: {message}"))
    except ValueError as error:
        raise InvalidInput(f"{step.label}: {error}") from error
    except InvalidInput as error:
        raise InvalidInput(f"{step.label}: {problem}" for problem in error.problems) from error


def _compiled(make: Maker, draft: _Draft) -> Change:
    """What `make` makes, or what raises its problem when it is applied."""
    try:
        return make(draft)
    except ValueError as error:
        return _Refusal(str(error))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What stands for a change that no document can take."""

    problem: str

    def __call__(self, _document: Any, _warn: Warn) -> Any:
        raise ValueError(self.problem)


def _silent(change: Callable[[Any], Any]) -> Change:
    return lambda document, _warn: change(document)


def _unknown(draft: _Draft) -> Change:
    raise ValueError(f"{draft.config.type!r} is no type; there are {', '.join(OverrideType)}")


def _helm(draft: _Draft) -> Change:
    return _silent(compile_values(draft.value, keep_nulls=False))


def _helm_on_values(draft: _Draft) -> Change:
    return _silent(compile_values(draft.value, keep_nulls=True))


def _merge_patch(draft: _Draft) -> Change:
    return _silent(compile_merge_patch(draft.value))


def _on_chart(draft: _Draft) -> Change:
    if draft.config.type not in (OverrideType.HELM, OverrideType.MERGE_PATCH):
        accepted = f"{OverrideType.HELM} or {OverrideType.MERGE_PATCH}"
        raise ValueError(f"overrideChart takes the type {accepted}, both as a merge patch on the HelmChart")
    return _merge_patch(draft)


@dataclass(frozen=True, slots=True)
class _Patch:
    """A JSON patch as a change."""

    operations: tuple[Operation, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(operation.problem for operation in self.operations if operation.problem is not None)

    def __call__(self, document: Any, warn: Warn) -> Any:
        try:
            result = apply_patch(document, self.operations)
        except Missed as missed:
            warn(f"the whole patch was ignored, because {missed} leads nowhere")
            return document
        for operation in self.operations:
            if operation.is_idle:
                warn("replace of the whole document by what is neither object nor list was ignored")
        return result


def _json_patch(draft: _Draft) -> Change:
    return _Patch(compile_patch(draft.value))


def _field_merge_patch(draft: _Draft) -> Change:
    return _on_field(draft, _merge_patch(draft), merged_text)


def _field_json_patch(draft: _Draft) -> Change:
    return _on_field(draft, _json_patch(draft), patched_text)


def _on_field(draft: _Draft, change: Change, changed_text: ChangeText) -> Change:
    config, codec = draft.config, draft.codec

    def apply(document: Any, warn: Warn) -> Any:
        path, text = read_field(document, config.field_path)
        if not text:
            return document
        try:
            field_format = FieldFormat(config.field_format)
        except ValueError:
            raise ValueError(f"fieldFormat is {' or '.join(FieldFormat)}, not {config.field_format!r}") from None
        try:
            result = changed_text(text, field_format, lambda value: change(value, warn), codec)
        except ValueError as error:
            raise ValueError(f"{config.field_path}: {error}") from error
        except InvalidInput as error:
            raise InvalidInput(f"{config.field_path}: {problem}" for problem in error.problems) from error
        return change_field(document, path, result)

    return apply


_MAKERS: Final[dict[str, Maker]] = {
    OverrideType.HELM: _helm,
    OverrideType.JSON_PATCH: _json_patch,
    OverrideType.MERGE_PATCH: _merge_patch,
    OverrideType.FIELD_JSON_PATCH: _field_json_patch,
    OverrideType.FIELD_MERGE_PATCH: _field_merge_patch,
}


def _cleaned(document: Any) -> Any:
    """The object without what is the hub's; None for a blank one."""
    if document is _BLANK or document is None:
        return None
    metadata = document.get("metadata") if isinstance(document, dict) else None
    if not isinstance(document, dict) or isinstance(metadata, list):
        part, value = ("metadata", metadata) if isinstance(document, dict) else ("the result", document)
        raise InvalidInput(f"after the overrides {part} is {describe(value)}; it must be an object")
    result = document
    if "status" in result:
        result = {key: value for key, value in result.items() if key != "status"}
    if isinstance(metadata, dict) and any(key in metadata for key in _DROPPED_FROM_METADATA):
        kept = {key: value for key, value in metadata.items() if key not in _DROPPED_FROM_METADATA}
        result = {**result, "metadata": kept}
    return result


def _checked_values(values: Any) -> Any:
    if values is _BLANK or values is None:
        return None
    if not isinstance(values, dict):
        raise InvalidInput(f"after the overrides the Helm values are {describe(values)}; they must be an object")
    return values


def _with_fixed_fields(chart: Any, original: dict[str, Any]) -> Any:
    """The overridden HelmChart with the fields of the original that no override may change."""
    if not isinstance(chart, dict):
        return chart
    before, after = original.get("spec"), chart.get("spec")
    before = before if isinstance(before, dict) else {}
    spec = {key: value for key, value in after.items() if key not in _FIXED_IN_CHART} if isinstance(after, dict) else {}
    spec.update({key: before[key] for key in _FIXED_IN_CHART if key in before})
    return {**chart, "spec": spec}
