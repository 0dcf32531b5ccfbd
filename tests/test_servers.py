"""The servers that the tests run against are real ones, and say so when they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.chromium import NoBrowser, OpenPage, find_browser
from tests.databases import Given
from tests.objects import S3


def test_the_object_store_keeps_what_it_is_given(s3: S3) -> None:
    s3.client().put_object(Bucket=s3.bucket, Key="a/b", Body=b"content")

    assert s3.client().get_object(Bucket=s3.bucket, Key="a/b")["Body"].read() == b"content"


def test_the_object_store_refuses_a_wrong_secret(s3: S3) -> None:
    with pytest.raises(ClientError) as refused:
        s3.client(secret="another").put_object(Bucket=s3.bucket, Key="a/b", Body=b"content")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "Contents" not in s3.client().list_objects_v2(Bucket=s3.bucket)


def test_the_object_store_refuses_a_body_that_is_not_what_was_signed(s3: S3) -> None:
    with pytest.raises(ClientError) as refused:
        s3.client().put_object(Bucket=s3.bucket, Key="a/b", Body=b"content", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "Contents" not in s3.client().list_objects_v2(Bucket=s3.bucket)


def test_postgresql_is_a_real_one(postgresql: Given) -> None:
    assert postgresql.sql("SELECT version()")[0][0].startswith("PostgreSQL 18")


def test_each_test_has_a_database_of_its_own(database: Given) -> None:
    assert database.sql("SELECT count(*) FROM person") == [(0,)]
    database.sql(
        "INSERT INTO person (id, name, created_at) VALUES (:id, 'Ada', '2026-11-24 12:00:00')",
        id="5a3a63c9c2a14a5f8f1d0a0b5b6d7e8f",
    )


def test_the_browser_draws_in_the_width_and_theme_that_are_asked_for(open_page: OpenPage) -> None:
    page = open_page(width=320, colour_scheme="dark")
    page.set_content("<title>Laurel</title>")

    assert page.title() == "Laurel"
    assert page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [320, True]


def test_a_missing_browser_is_an_error_that_says_how_to_install_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(NoBrowser, match="apt-get install chromium"):
        find_browser()

    monkeypatch.setenv("CHROMIUM", str(tmp_path / "browser"))
    with pytest.raises(NoBrowser, match=r"CHROMIUM is set to .*/browser, where there is no file"):
        find_browser()
