const state = document.getElementById("state"), checked = document.getElementById("checked")
const source = new EventSource("/live-events")
const say = text => { if (state.textContent !== text) state.textContent = text }
const end = text => { source.close(); say(text); document.getElementById("again").hidden = false }
source.onmessage = event => {
	say("You are signed in.")
	checked.dateTime = event.data
	checked.textContent = new Date(event.data).toLocaleTimeString()
}
source.addEventListener("ended", () => end("You have been signed out."))
source.onerror = () => source.readyState === EventSource.CLOSED ? end("You are not signed in any more.") : say("The connection is lost. Trying again …")
