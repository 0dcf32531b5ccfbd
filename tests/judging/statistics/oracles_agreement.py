"""Makes the answers of other libraries that the tests of agreement quote, and prints them.

Run by hand in an environment of its own, since irrCAC needs an older pandas than Laurel::

    python -m venv oracles && oracles/bin/pip install irrCAC pingouin && oracles/bin/python oracles_agreement.py
"""

from __future__ import annotations

import importlib.metadata

import numpy as np
import pandas as pd
import pingouin
from irrCAC.raw import CAC

MISSING = np.nan

# One row an entry, one column a judge.
SPARSE = [
    [1, 1, MISSING, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [MISSING, 5, 5, 5],
    [MISSING, MISSING, 1, 1],
    [MISSING, MISSING, 3, MISSING],
]
UNEVEN = [
    [1, 2, MISSING],
    [2, MISSING, 5],
    [5, 5, 1],
    [MISSING, 1, 1],
    [2, 2, 2],
    [1, MISSING, MISSING],
    [5, 2, MISSING],
]
CROSSED = [[7.5, 8, 6], [5, 6.5, 5], [9, 9, 8.5], [6, 7, 4], [3, 5.5, 4.5]]


def main() -> None:
    print({name: importlib.metadata.version(name) for name in ("irrCAC", "pingouin", "pandas", "numpy")})
    for name, table in (("SPARSE", SPARSE), ("UNEVEN", UNEVEN)):
        print(name)
        for weights in ("identity", "linear", "quadratic", "ordinal"):
            cac = CAC(pd.DataFrame(table), weights=weights, digits=12)
            for method in ("gwet", "fleiss", "conger", "bp"):
                est = getattr(cac, method)()["est"]
                answer = est["coefficient_value"], est["se"], *est["confidence_interval"]
                print(method, weights, *answer)
    rows = [(i, j, x) for i, row in enumerate(CROSSED) for j, x in enumerate(row)]
    table = pd.DataFrame(rows, columns=["entry", "judge", "score"])
    print("CROSSED")
    print(pingouin.intraclass_corr(table, targets="entry", raters="judge", ratings="score").round(10).to_string())


if __name__ == "__main__":
    main()
