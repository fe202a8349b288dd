from anigifs.clips.processes import of_all, place_of


def test_one_process_holds_all() -> None:
    assert of_all("mine") == ["mine"]
    assert place_of(5) == (0, 5)
