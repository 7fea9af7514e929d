"""The API's endpoints about warehouses, ship methods and what is shipped."""
