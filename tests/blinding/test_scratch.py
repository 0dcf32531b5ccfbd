def test_x(contest):
    print(contest.kept, contest.assignments)
