/** A parameter as data: one description drives its slider, its field, a table head and an axis. */
export interface ParamInfo {
  /** Symbol of the paper; the underscore stands before the subscript: `w_0`. */
  readonly symbol: string;
  readonly label: string;
  /** What one of it is: "channels"; empty for a pure number. */
  readonly unit: string;
  /** One line: what it does, with its equation where there is one. */
  readonly help: string;
}

/** Descriptions of every parameter of `Params`. */
export type ParamInfos<Params> = { readonly [K in keyof Params]-?: ParamInfo };
