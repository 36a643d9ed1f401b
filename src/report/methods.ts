/** What the statistics of a report are, with their sources: readers of a file have no page to ask. */
export const methods: readonly (readonly [term: string, text: string])[] = [
  [
    "Error",
    "Lowest test error of all epochs. A diverged network counts with error 1; failed, cut and unfinished trials do not count. A network that was trained with several seeds counts once, with the median of its errors.",
  ],
  [
    "EDF",
    "Share of networks with an error below e (Radosavovic et al. 2019, arXiv:1905.13214); the band holds the whole true curve with 95% confidence (Dvoretzky–Kiefer–Wolfowitz).",
  ],
  [
    "Normalized EDF",
    "Networks weighted so that all populations have the same distribution of FLOPs (arXiv:1905.13214, §3.3); band by bootstrap, 95% at each error.",
  ],
  [
    "D, p",
    "Two-sample Kolmogorov–Smirnov, exact; p corrected by Holm for all pairs that were compared. The permutation test exchanges labels and compares mean ranks.",
  ],
  [
    "Cliff’s δ",
    "How much more often a random network of the baseline errs more than one of the population than less: 1 is always, and the population is better; −1 is never. Magnitudes by Romano et al. (2006).",
  ],
  [
    "Best of 10",
    "Expected error of the best of ten networks drawn at random without replacement, exact by order statistics.",
  ],
  [
    "Good networks",
    "Empirical bootstrap of pycls and of the RegNet paper (arXiv:2003.13678, §3.1): the best of a random quarter, 2,500 times; median and 95% of where its parameters lie.",
  ],
  ["Costs over FLOPs", "Power law by least squares of the logarithms; Student’s t intervals."],
  [
    "Importance",
    "Permutation importance over a regression forest (Breiman 2001) of the error’s rank, as a share of its variance; parameters that go together share theirs.",
  ],
  [
    "Predicted time",
    "Multiply-adds and activations of the whole training, times the median speed of the newest trials on the same device. The band holds nine of ten trials.",
  ],
  ["Kendall’s τ", "1 is the same order, 0 unrelated, −1 reversed; ties are taken into account (τ-b)."],
];
