from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "integration_manager.accounts"
    label = "accounts"
