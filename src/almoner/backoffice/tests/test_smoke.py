from almoner.backoffice.tests.conftest import World


def test_pages(world: World) -> None:
    gift = world.tide.give(cover_minor=120)
    world.tide.give(outcome="insufficient_funds")
    world.tide.give(method="bank_transfer")
    client = world.client("fundraiser")
    for path in (
        "gifts/",
        "gifts/results/?q=ada",
        f"gifts/{gift.pk}/",
        f"gifts/{gift.pk}/refund/",
        "gifts/enter/",
        "batches/",
        "batches/new/",
        "transfers/",
        "transfers/new/",
        "",
    ):
        response = client.get(f"/admin/{path}")
        assert response.status_code == 200, path
    client = world.client("editor")
    form = world.tide.form.pk
    for path in (
        "forms/",
        "forms/new/",
        f"forms/edit/{form}/",
        f"forms/copy/{form}/",
        f"forms/delete/{form}/",
        f"forms/preview/{form}/",
        f"forms/preview/{form}/?mode=thanks",
    ):
        response = client.get(f"/admin/{path}")
        print(path, response.status_code, response.headers.get("Location"))
    client = world.client("treasurer")
    for path in ("audit/",):
        response = client.get(f"/admin/{path}")
        assert response.status_code == 200, path
