"""Every setting of an installation, in one typed class."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """What an installation can choose, read from environment variables and from a file ``.env``.

    Every variable is named like the field, in capitals, after ``LAUREL_``; ``DATABASE_URL`` and ``SMTP_URL`` go
    without the prefix, as hosting services set them.
    """

    model_config = SettingsConfigDict(
        env_prefix="LAUREL_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    folder: Path = Path("var")
    """Where the embedded database and the folder store lie. Has to be on a local disk."""

    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "LAUREL_DATABASE_URL"))
    """``postgresql://…``; empty means SQLite in ``folder``."""

    public_url: str = "http://127.0.0.1:8501"
    """The address that people type, without a slash at the end. Links in mails begin with it."""

    address: str = "127.0.0.1"
    port: int = 8501

    secret_key: SecretStr = SecretStr("")
    """At least 32 random bytes, as text. Signs the tokens. Has no default."""

    smtp_url: str = Field("", validation_alias=AliasChoices("SMTP_URL", "LAUREL_SMTP_URL"))
    """``smtp://user:password@host:port`` or ``smtps://…``; empty means that mail waits in the inbox page."""

    mail_from: str = "Laurel <laurel@localhost>"
    log_level: str = "INFO"

    demonstration: bool = False
    """Offers one sign-in button per role and an inbox page. Refused on anything but loopback."""

    test_mode: bool = False
    """Lets the tests move the clock."""

    embedded_worker: bool = True
    """The web process starts a worker of its own. Set to false where workers run apart."""

    @model_validator(mode="after")
    def _sensible(self) -> Settings:
        if len(self.secret_key.get_secret_value().encode()) < KEY_BYTES:
            raise ValueError(
                f"LAUREL_SECRET_KEY needs {KEY_BYTES} bytes or more. "
                'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if self.demonstration and self.address not in LOOPBACK:
            raise ValueError(
                "The demonstration lets anybody in, so it runs on this computer alone. "
                "Set LAUREL_ADDRESS=127.0.0.1, or LAUREL_DEMONSTRATION=false."
            )
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.folder.resolve() / 'laurel.sqlite3'}"
        head, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if head in ("postgres", "postgresql") else self.database_url

    @property
    def cookie_secure(self) -> bool:
        return self.public_url.startswith("https://")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
