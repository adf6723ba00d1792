"""LightGCN: embeddings of people and items smoothed over the bipartite graph, the mean of all layers as the vectors."""

import warnings

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn


class LightGcn(nn.Module):
    """E_(k+1) = D^-1/2 A D^-1/2 E_k, vectors = mean of E_0..E_layers (He et al. 2020); score = their dot product."""

    def __init__(self, chosen: sp.csr_matrix, dimension: int, layers: int):
        """chosen: (U, I), a stored value above 0 is an edge."""
        super().__init__()
        self.people, self.layers = chosen.shape[0], layers
        self.embedding = nn.Embedding(sum(chosen.shape), dimension)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.register_buffer("graph", _tensor(normalised(chosen)), persistent=False)

    def vectors(self) -> tuple[Tensor, Tensor]:
        """-> (U, D) and (I, D), with gradients."""
        layer = total = self.embedding.weight
        for _ in range(self.layers):
            layer = self.graph @ layer  # (U + I, U + I) @ (U + I, D)
            total = total + layer
        mean = total / (self.layers + 1)
        return mean[: self.people], mean[self.people :]


def normalised(chosen: sp.csr_matrix) -> sp.csr_matrix:
    """(U, I) -> (U + I, U + I) float32: D^-1/2 A D^-1/2 of the bipartite graph; a row without an edge stays empty."""
    edges = sp.csr_matrix((chosen > 0).astype(np.float32))
    both = sp.bmat([[None, edges], [edges.T, None]], format="csr")
    root = np.sqrt(np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1.0))
    return sp.csr_matrix(sp.diags(1 / root) @ both @ sp.diags(1 / root), dtype=np.float32)


def _tensor(matrix: sp.csr_matrix) -> Tensor:
    parts = (torch.as_tensor(part.astype(np.int64)) for part in (matrix.indptr, matrix.indices))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(*parts, torch.as_tensor(matrix.data), matrix.shape, check_invariants=True)
