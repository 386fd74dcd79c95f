"""tabular.json: what scikit-learn's linear models reach on data/table/penguins.csv, trained and
evaluated on the rows that train_tabular trains and evaluates on."""

import csv
import pathlib

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from group import write_json
from philox import philox

SPLIT_STREAM = 7
PENGUINS = pathlib.Path(__file__).resolve().parents[3] / 'data/table/penguins.csv'


def evaluation_rows(rows, share):
    """data/split.h: which of 0, ..., rows - 1 are for testing, with seed 0."""
    key = [int(word) for word in philox([0, 0], [[SPLIT_STREAM, 0, 0, 0]])[0, :2]]
    words = philox(key, [[row, 0, 0, 0] for row in range(rows)])[:, 0]
    return (words.astype(np.float64) + 0.5) * 2.0**-32 < share


def encoded(rows, target):
    """The other columns' cells, and what makes features of them: gaps are filled and marked."""
    columns = [name for name in rows[0] if name != target]
    number = lambda name: all(isinstance(convert(row[name]), float) for row in rows)
    numbers = [i for i, name in enumerate(columns) if number(name)]
    others = [i for i in range(len(columns)) if i not in numbers]
    cells = np.array([[convert(row[name]) for name in columns] for row in rows], dtype=object)
    fill = SimpleImputer(strategy='most_frequent', add_indicator=True)
    return cells, make_column_transformer(
        (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
        (make_pipeline(fill, OneHotEncoder()), others),
    )


def convert(cell):
    try:
        return np.nan if cell in ('', 'NA') else float(cell)
    except ValueError:
        return cell


def make_tabular(out, seed):
    with open(PENGUINS, newline='') as file:
        penguins = list(csv.DictReader(file))
    found = {}
    for name, target, model in [
        # As good as no regularisation, as train_tabular has none.
        ('logistic', 'species', LogisticRegression(C=1e4, max_iter=10000)),
        ('linear', 'body_mass_g', LinearRegression()),
    ]:
        rows = [row for row in penguins if row[target] not in ('', 'NA')]
        test = evaluation_rows(len(rows), 0.2)
        cells, encoder = encoded(rows, target)
        y = np.array([convert(row[target]) for row in rows])
        pipeline = make_pipeline(encoder, model).fit(cells[~test], y[~test])
        entry = dict(evaluation_rows=int(test.sum()))
        if name == 'logistic':
            entry['eval_accuracy'] = float(pipeline.score(cells[test], y[test]))
        else:
            # The part of the variance that is left, as train_tabular's eval_loss.
            errors = pipeline.predict(cells[test]) - y[test]
            entry['eval_loss'] = float((errors**2).mean() / y[~test].var())
        found[name] = entry
    write_json(out / 'tabular.json', found)
