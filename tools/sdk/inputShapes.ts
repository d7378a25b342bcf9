import * as pulumi from "@pulumi/pulumi";

// Shapes of inputs: they mark what is secret, and refuse a wrong shape with its path and without its value.
// Pulumi's generator marks only properties of resources as secret, and no members of these.

/** Where a value stands: in which resource, and the path in it. */
interface Place {
    resource: string;
    path: string;
}

export type Shape = (value: unknown, place: Place) => unknown;

export function shapeInputs(resource: string, shapes: Record<string, Shape>, inputs: pulumi.Inputs): void {
    for (const [name, shape] of Object.entries(shapes)) {
        inputs[name] = shape(inputs[name], { resource, path: name });
    }
}

/** Takes text, a number or a boolean, and refuses all else. */
export const scalar = whenKnown((value, place) => {
    if (!["string", "number", "boolean"].includes(typeof value)) {
        throw refusal(place, value, "text, a number or a boolean is expected.");
    }
    return value;
});

/** Takes anything. */
export function sendable(value: unknown): unknown {
    return value;
}

/** Marks as secret what has this shape. */
export function secret(shape: Shape): Shape {
    return (value, place) => {
        if (value === undefined || value === null) {
            return value;
        }
        return comesLater(value)
            ? pulumi.secret(value).apply(known => shape(known, place))
            : pulumi.secret(shape(value, place));
    };
}

/** Takes text, and lets the other shape take all else. */
export function text_or(other: Shape): Shape {
    return whenKnown((value, place) => typeof value === "string" ? value : other(value, place));
}

/** Takes a map whose keys are the user's. */
export function map_of(member: Shape): Shape {
    return whenKnown((value, place) => mapped(value, place, () => member));
}

/** Takes an object with these members. The resource complains about others; they may be misspelt secrets. */
export function record(members: Record<string, Shape>): Shape {
    return whenKnown((value, place) => mapped(value, place, name => members[name] ?? secret(sendable)));
}

/** Takes an array. */
export function list_of(element: Shape): Shape {
    return whenKnown((value, place) => {
        if (!Array.isArray(value)) {
            throw refusal(place, value, "an array is expected.");
        }
        return value.map((child, index) => element(child, { ...place, path: `${place.path}[${index}]` }));
    });
}

function mapped(value: unknown, place: Place, shapeOf: (name: string) => Shape): unknown {
    if (Object.prototype.toString.call(value) !== "[object Object]") {
        throw refusal(place, value, "an object by name is expected. Write { NAME: value } and not " +
            '[{ key: "NAME", value: value }], which is the form of the API.');
    }
    return Object.fromEntries(Object.entries(value as object).map(([name, child]) => {
        const step = /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
        return [name, shapeOf(name)(child, { ...place, path: place.path + step })];
    }));
}

function whenKnown(shape: Shape): Shape {
    const apply: Shape = (value, place) => {
        if (value === undefined || value === null) {
            return value;
        }
        return comesLater(value) ? pulumi.output(value).apply(known => apply(known, place)) : shape(value, place);
    };
    return apply;
}

function comesLater(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Pulumi shows the message of a RunError and no stack. */
function refusal(place: Place, value: unknown, expected: string): Error {
    const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
    return new pulumi.RunError(`${place.resource}: the input ${place.path} is of type ${kind}, but ${expected} ` +
        "The value is not shown, as it may hold a secret.");
}
