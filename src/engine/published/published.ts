import type { Complexity } from "../network/complexity.ts";
import type { NetworkSpec } from "../network/spec.ts";
import type { NetworkParams } from "../spaces/space.ts";

/** A network that a paper or a model zoo gives a name, with the numbers published for it. */
export interface PublishedNetwork {
  /** As the command line and the URL write it: `regnetx-1.6gf`. */
  readonly id: string;
  /** As its authors write it: `RegNetX-1.6GF`. */
  readonly name: string;
  readonly family: string;
  /** Where structure and numbers come from. */
  readonly source: string;
  /** At the published resolution, with 1,000 classes. */
  readonly spec: NetworkSpec;
  /** What its family builds it of, where that is a design space. */
  readonly params?: NetworkParams;
  /** What is published of its complexity to the last digit. */
  readonly exact: Partial<Complexity>;
  /** What is published of it in rounded numbers alone. */
  readonly rounded?: Partial<Complexity>;
}
