"""`python -m commercetools_connect.plugin`: the same as `pulumi-resource-commercetools-connect`."""

from commercetools_connect.plugin.main import main

if __name__ == "__main__":
    main()
