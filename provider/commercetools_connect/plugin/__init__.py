"""Front door for every Pulumi language: the resource provider `pulumi-resource-commercetools-connect`.

    main            the start: arguments, the port
    process         signals, and when the process ends
    servicer        one method per RPC of the engine: read the request, ask the resource, write the answer
    codec           property values as the engine writes them, to and from the contract's tree
    configuring     the provider's own configuration: check, diff, decode
    answers         results of a resource in the engine's form
    invoking        functions: arguments, results, mistakes
    constructing    components: inputs, children, outputs; what is said when one does not come through
    rollout         the children of a Rollout, wave after wave
    standing        how far a rollout has come
    monitor         the engine's monitor, where children are declared
    answering       constructions that must be answered before the engine hangs up
    failures        ends other than success in the engine's form
    operations      what runs: cancelling it, and the time it gets to end
    engine          the way back to the engine: messages, and whether it still lives
    schema          what the engine and the SDK generators are told about all this, written to schema.json
    served_schema   that file, as the engine gets it

The door knows Pulumi and the contract; resources it knows by name, from the registry.
"""
