"""The GraphQL door: types mirror rows, mutations are services, and one executor answers documents."""
