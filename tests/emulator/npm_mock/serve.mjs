// Serves the mock of the HTTP API on a free port of loopback; its only line is its address.
import { CommercetoolsMock } from "@labdigital/commercetools-mock";

const mock = new CommercetoolsMock({
  enableAuthentication: false,
  validateCredentials: false,
  defaultProjectKey: "acme-dev",
  silent: true,
});
console.log(await mock.app.listen({ port: 0, host: "127.0.0.1" }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
