/** What the workers do with a job: little, so that the figures are those of the way there and back. */
export function work(job: Uint8Array): Uint8Array {
  let sum = 0;
  for (let i = 0; i < job.length; i += 64) sum = (sum + job[i]!) | 0;
  job[0] = sum;
  return job;
}
