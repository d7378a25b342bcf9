// Declare commercetools Connect: connector drafts, their publication and their deployments.
package commercetoolsconnect
