import * as pulumi from "@pulumi/pulumi";
import * as connect from "pulumi-commercetools-connect";

const config = new pulumi.Config();

const wired = new connect.Deployment("wired", {
    key: "greeter-wired",
    region: "europe-west1.gcp",
    type: "sandbox",
    connector: { key: config.require("connectorKey") },
    configurations: {
        service: {
            standardConfiguration: { SHOP_NAME: "Acme" },
            securedConfiguration: { API_TOKEN: config.requireSecret("apiToken") },
        },
    },
    expect: { service: { extension: true } },
});

export const wiring = wired.wiring;
