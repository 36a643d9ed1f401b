/**
 * What trials cost on the devices of this machine, kept between runs by the device's text: rates of the cost model
 * (cost-model.ts), the newest last.
 */
export interface DeviceSpeeds {
  /** None of a device that is not known. */
  speedsOf(device: string): Promise<readonly number[]>;
  keepSpeeds(device: string, rates: readonly number[]): Promise<void>;
}
