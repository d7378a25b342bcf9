// Declare commercetools Connect: connectors, their publication and their deployments.
package commercetoolsconnect
