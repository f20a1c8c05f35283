// Send one SMS with what Node has built in; URLSearchParams escapes the + of the number as %2B.
const [url, key, to, text] = process.argv.slice(2)
const answer = await fetch(`${url}/sms?${new URLSearchParams({ to, trafficType: 'marketing' })}`, {
  method: 'POST',
  headers: { accept: 'application/json', 'content-type': 'application/json', 'x-api-key': key },
  body: JSON.stringify({ text })
})
console.log(JSON.stringify({ http: answer.status, ...(await answer.json()) }))
