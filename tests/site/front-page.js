export default function FrontPage() {
  return null;
}
