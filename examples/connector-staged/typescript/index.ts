import * as connect from "pulumi-commercetools-connect";

const draft = new connect.ConnectorStaged("draft", {
    name: "Tax calculator",
    description: "Calculates taxes for carts.",
    creator: {
        email: "dev@acme.example",
        company: "Acme",
    },
    repository: {
        url: "https://github.com/acme/demo-connector.git",
        tag: "v1.0.0",
    },
    integrationTypes: ["tax"],
    supportedRegions: ["europe-west1.gcp"],
    privateProjects: ["europe-west1.gcp:demo-project"],
});

export const status = draft.status;
