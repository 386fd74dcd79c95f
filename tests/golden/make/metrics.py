"""metrics.*: what scikit-learn says of random predictions."""

import numpy as np
import torch

from group import Group


def make_metrics(out, seed):
    from sklearn import metrics
    from sklearn.calibration import calibration_curve

    g = Group('metrics', seed)
    samples, classes = g.dims(200, 6)
    cases = []
    for i, (sharp, missing) in enumerate([(1.5, False), (0.0, False), (3.0, True)]):
        targets = g.rng.integers(0, classes - 1 if missing else classes, samples)
        scores = g.rng.normal(0, 1, (samples, classes))
        scores[np.arange(samples), targets] += sharp
        probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        said = scores.argmax(1)
        # Scores of two classes, in steps of 1/8: many are equal.
        positive = targets == 0
        ties = np.round((scores[:, 0] - scores[:, 1]) * 8) / 8
        confidence = probabilities.max(1)
        right = said == targets
        accuracy, mean = calibration_curve(right, confidence, n_bins=10)
        average = lambda f, how: float(f(targets, said, average=how, zero_division=0))
        case = dict(
            name=f'metrics.{i}',
            scores=g.put(f'{i}.scores', torch.from_numpy(scores)),
            targets=g.put(f'{i}.targets', torch.from_numpy(targets.astype(np.int32))),
            binary_scores=g.put(f'{i}.binary_scores', torch.from_numpy(ties)),
            confidence=g.put(f'{i}.confidence', torch.from_numpy(confidence)),
            confusion=metrics.confusion_matrix(targets, said, labels=range(classes)).tolist(),
            accuracy=float(metrics.accuracy_score(targets, said)),
            top={
                str(k): float(
                    metrics.top_k_accuracy_score(targets, scores, k=k, labels=range(classes))
                )
                for k in (1, 2, 3)
            },
            auc=float(metrics.roc_auc_score(positive, ties)),
            brier=float(metrics.brier_score_loss(right, confidence)),
            calibration=dict(accuracy=accuracy.tolist(), confidence=mean.tolist()),
        )
        for name, f in (
            ('precision', metrics.precision_score),
            ('recall', metrics.recall_score),
            ('f1', metrics.f1_score),
        ):
            each = f(targets, said, average=None, labels=range(classes), zero_division=0)
            case[name] = dict(
                classes=each.tolist(), macro=average(f, 'macro'), weighted=average(f, 'weighted')
            )
        if not missing:
            case['auc_of_classes'] = float(
                metrics.roc_auc_score(targets, probabilities, multi_class='ovr', average='macro')
            )
            case['probabilities'] = g.put(f'{i}.probabilities', torch.from_numpy(probabilities))
        cases.append(case)
    g.save(out, metrics=cases)
