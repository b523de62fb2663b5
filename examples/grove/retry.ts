const pauses = [100, 200];

/** Tries `work` up to three times, with a pause between; a thrown Response is an answer, not a failure. */
export async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Response) throw error;
      await scheduler.wait(pause);
    }
  }
  return work();
}
