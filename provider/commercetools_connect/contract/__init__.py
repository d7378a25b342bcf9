"""What a front door and a resource share, and nothing else.

A door (the dynamic provider, the gRPC plugin) speaks Pulumi; a resource speaks Connect. They meet here:

- `values`: a plain tree in which any leaf or branch may be `UNKNOWN` or wrapped in `Secret`;
- `operation`: what a resource is told about the call it serves, and how it talks back while it works;
- `results`: what it answers: `Checked`, `Diff`, `State`;
- `errors`: the two ways to end other than success: an error, or `Partial`;
- `resource`: the protocol that every resource fulfils;
- `validation`: mistakes that only the server shows, looked for before a create;
- `secret_names`: which keys look like secrets by their names;
- `marks`: how Pulumi marks what is secret or not known;
- `clock`: time, which is always passed in.
"""
