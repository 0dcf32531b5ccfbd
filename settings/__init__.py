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

    Every variable is named like the field, in capitals, after ``LAUREL_``; ``DATABASE_URL``, ``SMTP_URL``
    and ``S3_…`` go without the prefix, as hosting services set them.
    """

    model_config = SettingsConfigDict(
        env_prefix="LAUREL_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    folder: Path = Path("var")
    """Where the embedded database and the folder store lie. Has to be on a local disk."""

    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "LAUREL_DATABASE_URL"))
    """``postgresql://…``; empty means SQLite in ``folder``."""

    s3_bucket: str = Field("", validation_alias=AliasChoices("S3_BUCKET", "LAUREL_S3_BUCKET"))
    """Where files rest in a store that speaks S3; empty means in ``folder``. The bucket has to be there already."""

    s3_endpoint: str = Field("", validation_alias=AliasChoices("S3_ENDPOINT", "LAUREL_S3_ENDPOINT"))
    """``https://…``; empty means Amazon's own."""

    s3_key: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("S3_KEY", "LAUREL_S3_KEY"))
    s3_secret: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("S3_SECRET", "LAUREL_S3_SECRET"))
    s3_region: str = Field("us-east-1", validation_alias=AliasChoices("S3_REGION", "LAUREL_S3_REGION"))

    s3_path_style: bool = Field(True, validation_alias=AliasChoices("S3_PATH_STYLE", "LAUREL_S3_PATH_STYLE"))
    """The bucket's name is in the path of an address, as most stores want it; false: in its host name."""

    prize_bytes: int = 50 * 1024**3
    """How many bytes of files one prize may hold."""

    public_url: str = "http://127.0.0.1:8501"
    """The address that people type, without a slash at the end. Links in mails begin with it."""

    address: str = "127.0.0.1"
    port: int = 8501

    trusted_proxies: int = Field(0, ge=0, le=10)
    """How many proxies of your own stand before Laurel. So many addresses at the end of ``X-Forwarded-For`` are
    believed; with 0 the header is not read, and whoever connects is who asks."""

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

    starts_when_told: bool = False
    """The web process loads what it needs, and serves once a line comes in at its standard input: the database is
    ready then. ``manage.py run`` sets this for the process that it starts."""

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
        if self.s3_bucket and not (self.s3_key.get_secret_value() and self.s3_secret.get_secret_value()):
            raise ValueError("S3_BUCKET is set, so S3_KEY and S3_SECRET are needed to enter the store. Set both.")
        if self.s3_endpoint and not self.s3_bucket:
            raise ValueError("S3_ENDPOINT is set, but no S3_BUCKET to keep files in. Make a bucket and set its name.")
        if self.s3_endpoint and not self.s3_endpoint.startswith(("http://", "https://")):
            raise ValueError("S3_ENDPOINT is an address that begins with https:// (or http:// on this computer).")
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
