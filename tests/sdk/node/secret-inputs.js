// Declares resources without an engine, and prints what each of them sends or how it fails, as JSON.
const pulumi = require("@pulumi/pulumi");
const connect = require("pulumi-commercetools-connect");
const secrets = require("pulumi-commercetools-connect/secrets");
const util = require("node:util");
const rpc = require("@pulumi/pulumi/runtime/rpc");

const canary = process.argv[2];
const form = process.argv[3];
const later = value => pulumi.output(1).apply(() => value);
const vendors = [{ key: "API_TOKEN", value: canary }];
const odd = {
    array: [canary], object: { value: canary }, date: new Date(0), set: new Set([canary]),
    bytes: Buffer.from(canary), bigint: 1n, map: new Map([["a", canary]]), symbol: Symbol(canary),
    function: () => canary,
};
const configured = members => ({ configurations: { service: members } });
const forms = {
    good: configured({ securedConfiguration: { API_TOKEN: canary }, schedule: "* * * * *" }),
    "good output": { configurations: later({ service: { securedConfiguration: { API_TOKEN: canary } } }) },
    "good value": configured({ securedConfiguration: { API_TOKEN: later(canary) } }),
    "good connection": {
        ...configured({ securedConfiguration: { API_TOKEN: canary } }),
        connection: { clientId: "me", clientSecret: canary },
    },
    vendor: configured({ securedConfiguration: vendors }),
    "vendor output": { configurations: later({ service: { securedConfiguration: vendors } }) },
    text: configured({ securedConfiguration: canary }),
    ...Object.fromEntries(Object.entries(odd).flatMap(([name, value]) => [
        [`${name} as a secret`, configured({ securedConfiguration: { KEY: value } })],
        [`${name} beside a secret`,
            configured({ securedConfiguration: { TOKEN: canary }, standardConfiguration: { KEY: value } })],
    ])),
};

const clientSecrets = { "array as a secret": [canary], "bytes as a secret": Buffer.from(canary) };

const token = kind =>
    kind === "Provider" ? "pulumi:providers:commercetools-connect" : `commercetools-connect:index:${kind}`;

function inputsOf(kind) {
    const connector = { key: "carts" };
    switch (kind) {
        case "Deployment":
            return { connector, region: "europe-west1.gcp", ...forms[form] };
        case "Rollout":
            return { connector, connectorTag: "v1", targets: [{ name: "eu", clientSecret: canary, ...forms[form] }] };
        default:
            return { clientSecret: form in clientSecrets ? clientSecrets[form] : canary };
    }
}

async function attempt(kind) {
    try {
        const inputs = inputsOf(kind);
        secrets.markSecrets(token(kind), "shop", inputs);
        const sent = await rpc.serializeProperty("inputs", inputs, new Set(), { keepOutputValues: false });
        new connect[kind]("shop", inputsOf(kind));
        return { sent };
    } catch (error) {
        return { said: error.message, all: util.inspect(error, { depth: 9, showHidden: true }) };
    }
}

/** Tells whether the class itself refuses what is known when it is called. */
function constructorRefuses(kind) {
    try {
        new connect[kind]("shop", inputsOf(kind));
        return false;
    } catch (error) {
        return pulumi.RunError.isInstance(error);
    }
}

async function main() {
    await pulumi.runtime.setMocks({
        newResource: args => ({ id: `${args.name}-id`, state: {} }),
        call: args => args.inputs,
    }, "acme", "dev", false);
    const answers = {};
    for (const kind of ["Deployment", "Rollout", "Provider"]) {
        answers[kind] = await attempt(kind);
        answers[kind].refused = !form.includes("output") && constructorRefuses(kind);
    }
    console.log(JSON.stringify(answers));
}

// An output that fails is reported here as well; Pulumi's own host does the same and shows the message alone.
process.on("unhandledRejection", () => {});
main();
